export const inputClass =
  'w-full rounded-md border border-control bg-surface px-2.5 text-sm text-ink placeholder:text-muted disabled:opacity-60 aria-invalid:border-critical'
