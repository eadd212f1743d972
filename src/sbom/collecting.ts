import type { Found, StreamCatalog } from './cataloger.ts'

/** A catalog made of a reader that tells what it finds as it goes. */
export function collecting(
  open: (tell: (found: Found) => void) => {
    push(chunk: Uint8Array): void
    finish(): void
  },
): StreamCatalog {
  let found: Found[] = []
  const reader = open((one) => found.push(one))
  return {
    push(chunk) {
      found = []
      reader.push(chunk)
      return found
    },
    finish() {
      found = []
      reader.finish()
      return found
    },
  }
}
