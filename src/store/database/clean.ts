/** Text as a database takes it. */

/** PostgreSQL takes neither the character 0 nor half of a surrogate pair. */
export function clean(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

/** As a column of JSON takes it. */
export function cleanJson(value: object): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'string' ? clean(each) : each,
  )
}

export function cleanOrNull(text: string | null): string | null {
  return text === null ? null : clean(text)
}
