/**
 * `ebin/NAME.app`: an application of OTP, in Erlang, Elixir or Gleam; those of OTP itself, of packages and of one's own. It does
 * not say where it is from, so that all are called by that name.
 * https://www.erlang.org/doc/apps/kernel/application.html, https://github.com/package-url/purl-spec/blob/main/types/otp-definition.json
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found } from '../cataloger.ts'
import { erlangTerms, itemsOf, pairValue } from '../languages/erlang-terms.ts'
import { installedPackage } from '../languages/package.ts'

export const erlangApp: Cataloger = {
  id: 'erlang-app',
  title: 'applications of Erlang and Elixir',
  version: 1,
  selects: { endings: ['.app'], accepts: (path) => /(?:^|\/)ebin\/[^/]+\.app$/.test(path) },
  maxBytes: MIB,
  reads: 'whole',
  catalog: ({ bytes }) => application(Buffer.from(bytes).toString()),
}

function application(text: string): readonly Found[] {
  const [first] = erlangTerms(text)
  const [kind, name, fields] = itemsOf(first)
  if (kind !== 'application') return [{ kind: 'problem', says: 'it describes no application' }]
  const licences = pairValue(fields, 'licenses')
  return installedPackage({
    type: 'otp',
    name,
    version: pairValue(fields, 'vsn'),
    licences: Array.isArray(licences) ? licences : [],
  })
}
