/** So much is worked on at a time; a wait in between lets other requests have their turn. */
const pieceBytes = 16_384

/** The text of a body as it arrives, in small pieces. Who stops reading ends the upload. */
export async function* readPieces(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  try {
    for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read())
      for (let from = 0; from < chunk.value.length; from += pieceBytes) {
        yield decoder.decode(chunk.value.subarray(from, from + pieceBytes), { stream: true })
        await new Promise((resolve) => setTimeout(resolve))
      }
    yield decoder.decode()
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}
