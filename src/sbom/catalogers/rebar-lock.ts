/** `rebar.lock` of Erlang. What is from a repository has no name that others know. https://rebar3.org/docs/configuration/dependencies */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found } from '../cataloger.ts'
import { isOfApplication } from '../languages/declared.ts'
import { erlangTerms, itemsOf, type Term } from '../languages/erlang-terms.ts'
import { declaredPackage } from '../languages/package.ts'

export const rebarLock: Cataloger = {
  id: 'rebar-lock',
  title: '`rebar.lock`',
  version: 1,
  selects: { names: ['rebar.lock'], accepts: isOfApplication },
  maxBytes: 4 * MIB,
  reads: 'whole',
  catalog: ({ bytes }) => locked(Buffer.from(bytes).toString()),
}

/** `{"1.2.0",[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0}]}.`, and before there were versions the list alone. */
function locked(text: string): Found[] {
  const [first] = erlangTerms(text)
  const list = first !== undefined && Array.isArray(first) ? first : itemsOf(first)[1]
  if (!Array.isArray(list)) return [{ kind: 'problem', says: 'it is no list of locked packages' }]
  return list.flatMap((entry: Term) => {
    const [kind, name, version] = itemsOf(itemsOf(entry)[1])
    return kind === 'pkg' ? declaredPackage({ type: 'hex', name, version }) : []
  })
}
