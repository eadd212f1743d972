import type { CommandNode } from '../commands/completion/command-tree.ts'

/** What `kubectl stella` alone says. */
export function pluginHelp(tree: readonly CommandNode[]): string {
  const root = tree.find((node) => node.words.length === 0)
  const commands = root?.children ?? []
  const width = Math.max(...commands.map(({ name }) => name.length))
  return `${[
    'Find out why a pod ran out of memory',
    '',
    'Usage:',
    '  kubectl stella COMMAND [POD] [options]',
    '',
    'Examples:',
    '  kubectl stella why cart-0                   a pod of the namespace of your context',
    '  kubectl stella why pod/cart-0 -n shop       of another one',
    '  kubectl stella why shop/cart-0/app          one of its containers',
    '  kubectl stella fix shop/cart-0              what would help; --apply makes it, --undo takes it back',
    '  kubectl stella bill cart-0 --context prod   where its memory goes',
    '  kubectl stella top -A                       what the pods of all namespaces use',
    '',
    'Options of kubectl:',
    '  -n, --namespace NS      namespace of pods that are named without one',
    '  -A, --all-namespaces    all namespaces, for commands that look at more than one pod',
    '      --context NAME      context of the kubeconfig',
    '      --kubeconfig FILE   the kubeconfig',
    '',
    'Commands (each tells more with --help):',
    ...commands.map(({ name, brief }) => `  ${name.padEnd(width)}  ${brief}`),
  ].join('\n')}\n`
}
