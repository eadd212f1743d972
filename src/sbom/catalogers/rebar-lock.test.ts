import { expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { rebarLock } from './rebar-lock.ts'

/** Written by hand: no registry of Hex is reached where recordings are made. */
const LOCK = Buffer.from(`{"1.2.0",
[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},
 {<<"here">>,{git,"https://host/here.git",{ref,"0123456789"}},0},
 {<<"mine">>,{pkg,<<"ranch">>,<<"1.8.0">>},1}]}.
[
{pkg_hash,[
 {<<"cowboy">>, <<"865DD8B6">>},
 {<<"ranch">>, <<"8C7A100A">>}]}
].
`)
const OLD = Buffer.from('[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"1.0.4">>},0}].\n')

const read = async (bytes: Uint8Array): Promise<string[]> =>
  shown(await catalogFile(rebarLock, 'app/rebar.lock', bytes))

test('finds packages of Hex by their own names', async () => {
  expect(await read(LOCK)).toEqual(['hex cowboy 2.9.0 declared', 'hex ranch 1.8.0 declared'])
})

test('reads the list that it was before it had a version', async () => {
  expect(await read(OLD)).toEqual(['hex cowboy 1.0.4 declared'])
})

test('another file of that name is told', async () => {
  expect(await read(Buffer.from('locked = true'))).toEqual([
    'problem: it is no list of locked packages',
  ])
})

test('survives damage', async () => {
  await expectToSurvive(rebarLock, 'app/rebar.lock', [LOCK, OLD])
})
