import { expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { mixLock } from './mix-lock.ts'

/** Written by hand: no registry of Hex is reached where recordings are made. */
const LOCK = Buffer.from(`%{
  "cowboy": {:hex, :cowboy, "2.9.0", "865dd8b6", [:make, :rebar3], [{:cowlib, "2.11.0", [hex: :cowlib, repo: "hexpm", optional: false]}], "hexpm", "2c729f93"},
  "mine": {:hex, :plug, "1.14.0", "ba4f558a", [:mix], [], "hexpm:Acme", "bf020432"},
  "old": {:hex, :old, "0.1.0"},
  "here": {:git, "https://host/here.git", "0123456789", [tag: "v1.0.0"]},
}
`)

test('finds packages of Hex by their own names, with whose they are', async () => {
  expect(shown(await catalogFile(mixLock, 'app/mix.lock', LOCK))).toEqual([
    'hex cowboy 2.9.0 declared',
    'hex acme/plug 1.14.0 declared',
    'hex old 0.1.0 declared',
  ])
})

test('survives damage', async () => {
  await expectToSurvive(mixLock, 'app/mix.lock', [LOCK])
})
