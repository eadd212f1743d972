import { buildCommand, buildRouteMap } from '@stricli/core'
import { COMMON_FLAGS } from '../../common-flags.ts'

export const SHELLS = {
  bash: { hint: 'eval "$(stella completion bash)"   # in ~/.bashrc' },
  zsh: { hint: 'source <(stella completion zsh)     # in ~/.zshrc, after compinit' },
  fish: { hint: 'stella completion fish > ~/.config/fish/completions/stella.fish' },
} as const

function completionCommand(shell: keyof typeof SHELLS) {
  return buildCommand({
    loader: async () => (await import('./run.ts')).completionFor(shell),
    parameters: { flags: COMMON_FLAGS },
    docs: {
      brief: `Print the completion script for ${shell}`,
      fullDescription: [
        `Prints a script that lets ${shell} complete stella's commands and options.`,
        '',
        'Examples:',
        `  ${SHELLS[shell].hint}`,
        '',
        'Exit code: 0 done, 2 wrong call, 70 a fault of stella.',
      ].join('\n'),
    },
  })
}

export const completionRoutes = buildRouteMap({
  routes: {
    bash: completionCommand('bash'),
    zsh: completionCommand('zsh'),
    fish: completionCommand('fish'),
  },
  docs: {
    brief: 'Completion scripts for shells',
    fullDescription: [
      'Prints a script that completes commands and options.',
      '',
      'Examples:',
      '  eval "$(stella completion bash)"',
    ].join('\n'),
  },
})
