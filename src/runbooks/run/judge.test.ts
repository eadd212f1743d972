import { expect, it } from 'vitest'
import type { Capture } from '../../model/runbook.ts'
import { capturesOf } from './judge.ts'

const json = (name: string, ...path: string[]): Capture => ({ name, from: { kind: 'json', path } })

it('takes from the whole answer what a filter behind it does not show', () => {
  const wanted = [json('size', 'size'), json('layers', 'manifest', 'layerCount')]
  const whole = '{"size":5,"manifest":{"layerCount":120}}'
  expect(capturesOf(wanted, '5\n', whole)).toEqual({ size: 5, layers: 120 })
  expect(capturesOf(wanted, '{"size":6}', whole)).toEqual({ size: 6, layers: 120 })
  expect(capturesOf(wanted, 'no JSON', 'nor this')).toEqual({})
})

it('takes the first line of what is shown as text', () => {
  const first: Capture = { name: 'first', from: { kind: 'text' } }
  expect(capturesOf([first], ' a b \nc', 'whole')).toEqual({ first: 'a b' })
  expect(capturesOf([first], '\n', 'whole')).toEqual({})
})
