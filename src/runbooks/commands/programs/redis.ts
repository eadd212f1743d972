import { subjects } from '../program.ts'
import type { ProgramRule } from '../program.ts'

const LOOKS =
  /^(?:info|memory (?:usage|stats|doctor)|config get|client list|dbsize|lastsave|ping|slowlog get|latency (?:latest|doctor))\b/
const CHANGES =
  /^(?:config (?:set|rewrite|resetstat)|set|del|flushall|flushdb|bgsave|save|bgrewriteaof|memory purge|client kill|shutdown|debug)\b/
/** Options whose value is the next word. */
const WITH_VALUE = new Set(['-h', '-p', '-s', '-a', '-u', '-n', '--user', '--pass'])

export const REDIS: ProgramRule = {
  names: ['redis-cli', 'valkey-cli'],
  effect(args) {
    const words = subjects(args.filter((_, at) => !WITH_VALUE.has(args[at - 1] ?? '')))
    const command = words.join(' ').toLowerCase()
    if (CHANGES.test(command)) return 'changes'
    return LOOKS.test(command) ? 'looks' : 'unknown'
  },
}
