import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Makes V8 collect now. It has no call for it, but may be told to have one while it runs. */
export function collector(): () => void {
  let collect: (() => void) | null = null
  return () => {
    collect ??= exposed()
    collect()
  }
}

function exposed(): () => void {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return typeof found === 'function' ? () => void found() : () => undefined
}
