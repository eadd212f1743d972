import { usageError } from '../../../model/errors.ts'

/** A share of a limit, 1 being all of it. */
export function parseShare(text: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(text)?.[1]
  const share = Number(percent) / 100
  if (share > 0 && share <= 1) return share
  throw usageError(`'${text.slice(0, 40)}' is no share of a limit`, null, 'give percents, as in 80')
}

/** The address itself may be a secret, and is not repeated. */
export function parseWebhook(text: string): URL {
  const url = webAddress(text)
  if (url !== null) return url
  throw usageError(
    'the webhook is no address',
    '--webhook',
    'give a whole one, as in https://hooks.example.com/…',
  )
}

/** The address of a server. */
export function parseServer(text: string): URL {
  const url = webAddress(text)
  if (url !== null) return url
  throw usageError(
    `'${text.slice(0, 60)}' is no address of a server`,
    '--to',
    'give a whole one, as in https://stella.example.com',
  )
}

/** Null: it is none, or of another kind. */
function webAddress(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : null
}
