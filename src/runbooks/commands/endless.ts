/** Commands that go on until somebody ends them. */
import { hasOption, subjects } from './program.ts'
import { filled, readWords } from './words.ts'

/** What cannot be read is none of them. */
export function endsByItself(command: string): boolean {
  const read = readWords(command)
  return (
    !read.ok || !read.pipeline.programs.map((words) => filled(words, new Map())).some(isEndless)
  )
}

function isEndless([name = '', ...args]: readonly string[]): boolean {
  const [first, second] = subjects(args)
  switch (name) {
    case 'watch':
    case 'top':
    case 'htop':
      return !hasOption(args, '-b', '--batch')
    case 'journalctl':
    case 'tail':
      return hasOption(args, '-f', '-F', '--follow')
    case 'dmesg':
      return hasOption(args, '-w', '-W', '--follow', '--follow-new')
    case 'docker':
    case 'podman':
      if (first === 'stats' || (first === 'container' && second === 'stats')) {
        return !hasOption(args, '--no-stream')
      }
      if (first === 'events') return !hasOption(args, '--until')
      return first === 'logs' && hasOption(args, '-f', '--follow')
    case 'kubectl':
    case 'oc':
      return (
        hasOption(args, '-w', '--watch', '--watch-only') ||
        (first === 'logs' && hasOption(args, '-f', '--follow'))
      )
    case 'stella':
      return (
        hasOption(args, '--watch', '--follow') ||
        (first === 'top' && !hasOption(args, '--once', '--count')) ||
        first === 'watch' ||
        first === 'serve'
      )
    default:
      return false
  }
}
