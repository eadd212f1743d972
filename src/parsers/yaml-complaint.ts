/** What is wrong with a document that is no YAML, in a few words; where it is stands beside it. */
export function yamlComplaint({ message }: Error): string {
  // Of a library that ran out of stack.
  if (message.startsWith('Maximum call stack')) return 'it is nested too deep'
  const [what = ''] = message.split(/ at line |:\n|\n/)
  return what === '' ? 'it is no YAML' : what
}
