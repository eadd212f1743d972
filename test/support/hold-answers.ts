/** Every answer of a server that a test gets is held against the schema of its document. */
import { holdDocuments } from './documents.ts'

const ask = globalThis.fetch

const holdingFetch: typeof fetch = async (input, init) => {
  const response = await ask(input, init)
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  if (response.ok && isJson) holdDocuments(await response.clone().text())
  return response
}

// The files of a worker share what is global.
if (ask.name !== holdingFetch.name) globalThis.fetch = holdingFetch
