import ChevronLeft from 'lucide-solid/icons/chevron-left'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import Undo2 from 'lucide-solid/icons/undo-2'
import ZoomIn from 'lucide-solid/icons/zoom-in'
import ZoomOut from 'lucide-solid/icons/zoom-out'
import { For, Show } from 'solid-js'
import { Button, buttonClass, IconButton } from '../../../components/button.tsx'
import { type Preset, panSpan, presetNames, presets, type Span, zoomSpan } from './chart-range.ts'

type RangeControlsProps = {
  preset: Preset
  span: Span
  isZoomed: boolean
  now: () => number
  onPreset: (preset: Preset) => void
  onSpan: (span: Span) => void
  onWhole: () => void
}

/** Which part of the history is on screen: a range up to now, or a part of it by zoom and pan. */
export const RangeControls = (props: RangeControlsProps) => (
  <div class="flex flex-wrap items-center gap-2">
    <fieldset class="flex flex-wrap gap-1">
      <legend class="sr-only">Range</legend>
      <For each={presetNames}>
        {(name) => (
          <button
            type="button"
            aria-pressed={props.preset === name && !props.isZoomed}
            onClick={() => props.onPreset(name)}
            class={`${buttonClass('secondary', 'small')} numeric aria-pressed:border-accent! aria-pressed:bg-accent-soft! aria-pressed:text-accent!`}
          >
            {presets[name].label}
          </button>
        )}
      </For>
    </fieldset>
    <div class="flex gap-1">
      <IconButton label="Earlier" onClick={() => props.onSpan(panSpan(props.span, -0.5, props.now()))}>
        <ChevronLeft size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label="Later" disabled={!props.isZoomed} onClick={() => props.onSpan(panSpan(props.span, 0.5, props.now()))}>
        <ChevronRight size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label="Zoom in" onClick={() => props.onSpan(zoomSpan(props.span, 0.5, props.now()))}>
        <ZoomIn size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label="Zoom out" onClick={() => props.onSpan(zoomSpan(props.span, 2, props.now()))}>
        <ZoomOut size={16} aria-hidden="true" />
      </IconButton>
    </div>
    <Show when={props.isZoomed}>
      <Button size="small" onClick={props.onWhole}>
        <Undo2 size={14} aria-hidden="true" />
        Back to {presets[props.preset].name}
      </Button>
    </Show>
  </div>
)
