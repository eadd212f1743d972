import { expect, it } from 'vitest'
import { asRoot } from './as-root.ts'

it('is the plain name where sudo finds it', () => {
  for (const folder of ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin']) {
    expect(asRoot('doctor', `${folder}/stella`)).toBe('sudo stella doctor')
  }
})

it('is the whole path where sudo does not look', () => {
  expect(asRoot('', '/home/ada/.local/bin/stella')).toBe('sudo /home/ada/.local/bin/stella')
  expect(asRoot('why web', '/src/bin/stella.js')).toBe('sudo /src/bin/stella.js why web')
})

it('is the plain name where it was started by none of its own', () => {
  expect(asRoot('doctor', '/repository/node_modules/vitest/vitest.mjs')).toBe('sudo stella doctor')
})
