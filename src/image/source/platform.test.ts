import { expect, test } from 'vitest'
import { platformText } from '../../model/image.ts'
import { isFit, parsePlatform } from './platform.ts'

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['amd64', 'linux/amd64'],
  ['Linux/x86_64', 'linux/amd64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['armhf', 'linux/arm/v7'],
  ['windows/amd64', 'windows/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
])('%s is %s', (text, expected) => {
  expect(platformText(parsePlatform(text))).toBe(expected)
})

test.each(['', 'a/b/c/d', 'linux/', 'linux/amd 64', '/'])('%j is none', (text) => {
  expect(() => parsePlatform(text)).toThrow(/it is no platform/)
})

test.each([
  ['linux/arm/v6', 'linux/arm/v7', true],
  ['linux/arm/v7', 'linux/arm/v6', false],
  ['linux/amd64', 'linux/amd64/v3', true],
  ['linux/amd64/v3', 'linux/amd64', false],
  ['linux/arm64', 'linux/arm/v7', false],
  ['windows/amd64', 'linux/amd64', false],
])('an image for %s on %s: %s', (offered, wanted, fits) => {
  expect(isFit(parsePlatform(offered), parsePlatform(wanted))).toBe(fits)
})
