import { hasOption } from '../program.ts'
import type { ProgramRule } from '../program.ts'

/** Programs of any Linux that tell how the machine is. */
export const HOST: readonly ProgramRule[] = [
  {
    names: ['free', 'ps', 'pgrep', 'pmap', 'vmstat', 'uptime', 'uname', 'df', 'du', 'ls', 'stat'],
    effect: () => 'looks',
  },
  { names: ['top'], effect: (args) => (hasOption(args, '-b') ? 'looks' : 'unknown') },
  {
    names: ['dmesg'],
    effect: (args) =>
      hasOption(args, '-C', '-c', '-D', '-E', '-n', '--clear', '--read-clear', '--console-off')
        ? 'changes'
        : 'looks',
  },
  {
    names: ['journalctl'],
    effect: (args) =>
      args.some((arg) => /^--(?:vacuum|rotate|flush|sync|relinquish|setup)/.test(arg))
        ? 'changes'
        : 'looks',
  },
  {
    names: ['sysctl'],
    effect: (args) =>
      hasOption(args, '-w', '--write', '-p', '--load', '--system') ||
      args.some((arg) => /^[a-z].*=/.test(arg))
        ? 'changes'
        : 'looks',
  },
  { names: ['swapon'], effect: (args) => (hasOption(args, '--show', '-s') ? 'looks' : 'changes') },
  {
    names: [
      'kill',
      'pkill',
      'killall',
      'rm',
      'mv',
      'cp',
      'tee',
      'chmod',
      'chown',
      'mkdir',
      'swapoff',
    ],
    effect: () => 'changes',
  },
  { names: ['sleep', 'true', 'echo', 'date', 'hostname', 'id'], effect: () => 'looks' },
]
