import { expect, it } from 'vitest'
import { endsByItself } from './endless.ts'

it.each([
  'journalctl -f _TRANSPORT=kernel',
  'stella scanner workers stats --watch',
  'docker stats',
  'stella top',
  'docker logs -f web',
  'kubectl get pods -w',
  'dmesg -w | grep oom',
  'watch free',
])('%s does not', (command) => {
  expect(endsByItself(command)).toBe(false)
})

it.each([
  'journalctl -k',
  'stella scanner workers stats',
  'stella top --once',
  'docker stats --no-stream',
  'kubectl apply -f web.yaml',
  'top -b -n 1',
  'stella top --once',
  'grep -f words file',
  "it's nothing",
])('%s does, as far as is known', (command) => {
  expect(endsByItself(command)).toBe(true)
})
