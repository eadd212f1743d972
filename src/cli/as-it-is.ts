/** Of a flag whose text means something to the command alone. */
export function asItIs(text: string): string {
  return text
}
