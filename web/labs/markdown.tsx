/** The texts of labs. They come with stella, and what is no plain text in them is shown as it stands. */
import { fromMarkdown } from 'mdast-util-from-markdown'
import type { BlockContent, DefinitionContent, ListItem, PhrasingContent, RootContent } from 'mdast'
import { printable } from '../../src/report/printable.ts'
import { Command } from '../parts/command.tsx'

const COMMANDS = ['sh', 'console']

export function Markdown({ text }: { text: string }) {
  return (
    <div class="prose">
      {fromMarkdown(text).children.map((node, at) => (
        <Block key={at} node={node} />
      ))}
    </div>
  )
}

function Block({ node }: { node: RootContent | BlockContent | DefinitionContent }) {
  switch (node.type) {
    case 'paragraph':
      return (
        <p>
          <Inline nodes={node.children} />
        </p>
      )
    case 'heading':
      return (
        <h3>
          <Inline nodes={node.children} />
        </h3>
      )
    case 'list': {
      const items = node.children.map((item, at) => <Item key={at} item={item} />)
      return node.ordered === true ? (
        <ol class="plain-list" start={node.start ?? 1}>
          {items}
        </ol>
      ) : (
        <ul class="plain-list">{items}</ul>
      )
    }
    case 'code':
      return COMMANDS.includes(node.lang ?? '') ? (
        <Command run={node.value} what="Commands" />
      ) : (
        <pre class="raw">{node.value.split('\n').map(printable).join('\n')}</pre>
      )
    default:
      return 'value' in node ? <p>{printable(node.value)}</p> : null
  }
}

/** A paragraph of a list is told without one. */
function Item({ item: { children } }: { item: ListItem }) {
  return (
    <li>
      {children.map((node, at) =>
        node.type === 'paragraph' ? (
          <Inline key={at} nodes={node.children} />
        ) : (
          <Block key={at} node={node} />
        ),
      )}
    </li>
  )
}

function Inline({ nodes }: { nodes: readonly PhrasingContent[] }) {
  return (
    <>
      {nodes.map((node, at) => {
        if (node.type === 'inlineCode') return <code key={at}>{printable(node.value)}</code>
        if (node.type === 'break') return <br key={at} />
        if ('children' in node) {
          const inside = <Inline nodes={node.children} />
          return node.type === 'strong' ? (
            <strong key={at}>{inside}</strong>
          ) : (
            <em key={at}>{inside}</em>
          )
        }
        // Where a line ends is the file's affair.
        return 'value' in node ? printable(node.value.replaceAll('\n', ' ')) : null
      })}
    </>
  )
}
