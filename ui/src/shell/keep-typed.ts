/** Keeps what is typed until it is taken: for a text field whose code is loading, or that has no focus yet. */
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
