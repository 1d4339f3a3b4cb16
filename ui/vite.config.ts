import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'
import { compressAssets } from './build/compress-assets.ts'
import { limitFirstLoad } from './build/limit-first-load.ts'

const root = import.meta.dirname
const api = process.env['API'] ?? 'http://localhost:8080'

export default defineConfig({
  root,
  plugins: [
    solid(),
    tailwindcss(),
    limitFirstLoad({ maxBytes: 80_000, entries: ['src/main.tsx', 'src/pages/dashboard/dashboard-page.tsx'] }),
    compressAssets(),
  ],
  // No inlined assets: the content security policy allows only files of this host.
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy: { '/api': api, '/health': api } },
})
