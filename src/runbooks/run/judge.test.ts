import { expect, it } from 'vitest'
import type { Capture } from '../../model/runbook.ts'
import { capturesOf, nothingIn } from './judge.ts'

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

it('tells what an answer says is nothing from what is not in it', () => {
  const wanted = [json('change', 'change'), json('gone', 'gone'), json('deep', 'a', 'b')]
  expect(nothingIn(wanted, '{"change":null,"a":null}', '')).toEqual(['change'])
  expect(nothingIn(wanted, 'a line', '{"a":{"b":null}}')).toEqual(['deep'])
  expect(nothingIn(wanted, '{"change":0,"a":{}}', 'null')).toEqual([])
})
