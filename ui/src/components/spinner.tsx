/** Turns while work is under way. The caller adds the words. */
export const Spinner = () => (
  <span aria-hidden="true" class="inline-block size-3.5 shrink-0 animate-spin rounded-full border-2 border-current border-r-transparent" />
)
