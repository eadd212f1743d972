import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWords, parseRunCommand } from './command-line.ts'

it.each([
  ['podman run -d --name web -m 32m web web', ['detach', 'name', 'memory'], 'web', ['web']],
  [
    'podman run -itd -m32m -p=80:80 img',
    ['interactive', 'tty', 'detach', 'memory', 'publish'],
    'img',
    [],
  ],
  [
    'podman --log-level debug create --rm --env=A=1 -- img sh -c x',
    ['rm', 'env'],
    'img',
    ['sh', '-c', 'x'],
  ],
  ['podman container run --label run=yes img run', ['label'], 'img', ['run']],
  [
    'podman run --tls-verify=false --entrypoint  img -d',
    ['tls-verify', 'entrypoint'],
    'img',
    ['-d'],
  ],
])('takes %s apart', (line, options, image, command) => {
  const read = parseRunCommand(line.split(' '))
  expect(read?.options.map(({ name }) => name)).toEqual(options)
  expect(read).toMatchObject({ image, command })
})

it.each([
  [[]],
  [['podman']],
  [['podman', 'run']],
  [['podman', 'run', '-d']],
  [['podman', 'run', '-Zx', 'img']],
  [['podman', 'kube', 'play', 'pod.yaml']],
])('says so where it is no such command: %j', (words) => {
  expect(parseRunCommand(words)).toBeNull()
})

it('reads back what it writes', () => {
  const word = fc.string({ minLength: 1 }).filter((text) => !text.startsWith('-'))
  const option = fc.oneof(
    fc.record({ name: fc.constantFrom('env', 'volume', 'memory', 'label'), value: fc.string() }),
    fc.record({ name: fc.constantFrom('detach', 'rm', 'privileged'), value: fc.constant(null) }),
  )
  fc.assert(
    fc.property(fc.array(option), word, fc.array(fc.string()), (options, image, command) => {
      const made = { program: ['podman'], options, image, command }
      expect(parseRunCommand(createWords(made))).toEqual(made)
    }),
  )
})

it('never throws, whatever the words', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('run', '-', '--', '-v'))),
      (words) => {
        parseRunCommand(words)
      },
    ),
  )
})
