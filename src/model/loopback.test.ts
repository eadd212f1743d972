import { expect, test } from 'vitest'
import { isLoopback } from './loopback.ts'

test.each([
  ...['localhost', 'LOCALHOST:8001', '127.0.0.1', '127.8.0.1:443', '::1', '[::1]', '[::1]:8001'],
])('%s is this machine', (host) => expect(isLoopback(host)).toBe(true))

test.each([
  ...['', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '::1:8001', '[::2]'],
])('%s is another one', (host) => expect(isLoopback(host)).toBe(false))
