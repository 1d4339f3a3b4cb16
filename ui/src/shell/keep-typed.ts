/** Keeps what is typed until somebody takes it: for a text field whose code, or whose focus, is still on its way. */
export const keepTyped = () => {
  let text = ''
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return
    text += event.key
    event.preventDefault()
  }
  document.addEventListener('keydown', onKeyDown)
  return {
    /** What was typed; from now on nothing more is kept. */
    take: () => {
      document.removeEventListener('keydown', onKeyDown)
      const taken = text
      text = ''
      return taken
    },
  }
}
