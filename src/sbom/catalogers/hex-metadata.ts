/** `hex_metadata.config`: what mix and rebar3 leave in the folder of a package that they fetched from Hex. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found } from '../cataloger.ts'
import { erlangTerms, pairValue } from '../languages/erlang-terms.ts'
import { installedPackage } from '../languages/package.ts'

export const hexMetadata: Cataloger = {
  id: 'hex-metadata',
  title: 'packages of Hex',
  version: 1,
  selects: { names: ['hex_metadata.config'] },
  maxBytes: MIB,
  reads: 'whole',
  catalog: ({ bytes }) => packageOf(Buffer.from(bytes).toString()),
}

function packageOf(text: string): readonly Found[] {
  const fields = [...erlangTerms(text)]
  const licences = pairValue(fields, 'licenses')
  return installedPackage({
    type: 'hex',
    name: pairValue(fields, 'name'),
    version: pairValue(fields, 'version'),
    licences: Array.isArray(licences) ? licences : [],
  })
}
