import { expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { hexMetadata } from './hex-metadata.ts'

/** Written by hand: no registry of Hex is reached where recordings are made. */
const COWBOY = Buffer.from(`{<<"app">>,<<"cowboy">>}.
{<<"build_tools">>,[<<"make">>,<<"rebar3">>]}.
{<<"description">>,<<"Small, fast, modern HTTP server.">>}.
{<<"files">>,[<<"ebin/cowboy.app">>,<<"LICENSE">>]}.
{<<"licenses">>,[<<"ISC">>]}.
{<<"links">>,[{<<"GitHub">>,<<"https://github.com/ninenines/cowboy">>}]}.
{<<"name">>,<<"cowboy">>}.
{<<"requirements">>,
 [{<<"cowlib">>,
   [{<<"app">>,<<"cowlib">>},
    {<<"optional">>,false},
    {<<"requirement">>,<<"2.11.0">>}]}]}.
{<<"version">>,<<"2.9.0">>}.
`)

test('finds a package that was fetched from Hex', async () => {
  const found = await catalogFile(hexMetadata, 'app/deps/cowboy/hex_metadata.config', COWBOY)
  expect(shown(found)).toEqual(['hex cowboy 2.9.0 [ISC]'])
})

test('survives damage', async () => {
  await expectToSurvive(hexMetadata, 'hex_metadata.config', [COWBOY])
})
