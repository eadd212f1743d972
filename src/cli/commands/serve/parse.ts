import { usageError } from '../../../model/errors.ts'

export interface ListenAddress {
  host: string
  port: number
}

/** `127.0.0.1:8137`, `[::]:8137`, `:8137` for all addresses, `8137` for this machine alone. Port 0 lets the system choose. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?<host>\[[0-9a-fA-F:.%\w]+\]|[\w.-]*):)?(?<port>\d{1,5})$/.exec(text)
  const { host, port: digits } = match?.groups ?? {}
  const port = Number(digits)
  if (match === null || port > 65_535) {
    throw usageError(
      `'${text.slice(0, 60)}' is no address to listen at`,
      null,
      'give address and port, as in 127.0.0.1:8137',
    )
  }
  if (host === undefined) return { host: '127.0.0.1', port }
  return { host: host === '' ? '::' : host.replace(/^\[|\]$/g, ''), port }
}
