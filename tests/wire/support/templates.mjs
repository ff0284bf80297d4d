// The part of Go's text/template that the chart is written in, as Helm runs it. What is not known here is an error, never a guess:
// an unknown function, a field of nothing, an empty value where a text is written.

/** Renders templates by name. `functions` get their arguments as Go's do: what is piped in comes last. */
export class Templates {
  #defined = new Map();
  #functions;

  constructor(functions) {
    this.#functions = { and, or, not: (value) => !truth(value), eq: (one, other) => one === other, ne: (one, other) => one !== other, ...functions };
  }

  /** Reads a file; its `define`s count for all. */
  add(name, text) {
    this.#defined.set(name, parse(tokens(text), this.#defined));
  }

  render(name, dot) {
    const found = this.#defined.get(name);
    if (!found) throw new Error(`no template ${name}`);
    return this.#run(found, dot, { $: dot });
  }

  #run(nodes, dot, variables) {
    return nodes.map((node) => this.#one(node, dot, variables)).join('');
  }

  #one(node, dot, variables) {
    if (node.text !== undefined) return node.text;
    const value = this.#pipeline(node.pipeline, dot, variables);
    if (node.word === undefined) {
      if (value === undefined || value === null) throw new Error(`nothing to write for {{ ${node.source} }}`);
      return String(value);
    }
    if (node.word === 'range') return this.#range(node, value, dot, variables);
    if (!truth(value)) return this.#run(node.otherwise, dot, variables);
    return this.#run(node.body, node.word === 'with' ? value : dot, variables);
  }

  #range(node, value, dot, variables) {
    const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
    if (entries.length === 0) return this.#run(node.otherwise, dot, variables);
    const [first, second] = node.variables;
    return entries.map(([key, item]) => {
      const scope = second ? { [first]: key, [second]: item } : first ? { [first]: item } : {};
      return this.#run(node.body, item, { ...variables, ...scope });
    }).join('');
  }

  #pipeline(commands, dot, variables) {
    let piped = [];
    for (const [head, ...rest] of commands) {
      const values = rest.map((term) => this.#term(term, dot, variables));
      if (head.name === undefined) {
        if (values.length + piped.length > 0) throw new Error('a value takes no arguments');
        piped = [this.#term(head, dot, variables)];
      } else {
        const run = this.#functions[head.name];
        if (!run) throw new Error(`unknown function ${head.name}`);
        piped = [run(...values, ...piped)];
      }
    }
    return piped[0];
  }

  #term(term, dot, variables) {
    if ('value' in term) return term.value;
    if (term.pipeline) return this.#pipeline(term.pipeline, dot, variables);
    if (term.name !== undefined) return this.#pipeline([[term]], dot, variables);
    if (term.root !== '.' && !(term.root in variables)) throw new Error(`unknown variable ${term.root}`);
    return term.fields.reduce((from, field) => {
      if (from === undefined || from === null) throw new Error(`field ${field} of nothing`);
      return from[field];
    }, term.root === '.' ? dot : variables[term.root]);
  }
}

/** What counts as true in an `if`: everything but false, 0, nothing, and what is empty. */
export const truth = (value) => (typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value));

const and = (...values) => values.find((value) => !truth(value)) ?? values.at(-1);
const or = (...values) => values.find(truth) ?? values.at(-1);

/** Texts and actions in turn, with the white space gone that `{{-` and `-}}` take away. */
function tokens(text) {
  const found = [];
  let at = 0;
  let trims = false;
  for (const match of text.matchAll(/\{\{(- )?\s*(\/\*[\s\S]*?\*\/|(?:"(?:\\.|[^"\\])*"|[^"}])*?)\s*( -)?\}\}/g)) {
    push(text.slice(at, match.index), Boolean(match[1]));
    if (!match[2].startsWith('/*')) found.push({ action: match[2].trim() });
    at = match.index + match[0].length;
    trims = Boolean(match[3]);
  }
  push(text.slice(at), false);
  return found;

  function push(piece, trimsEnd) {
    if (trims) piece = piece.trimStart();
    if (trimsEnd) piece = piece.trimEnd();
    if (piece.includes('{{')) throw new Error(`an action that is not closed: ${piece}`);
    if (piece) found.push({ text: piece });
  }
}

function parse(list, defined) {
  let at = 0;
  const nodes = block();
  if (at < list.length) throw new Error(`{{ ${list[at].action} }} closes nothing`);
  return nodes;

  function block() {
    const found = [];
    while (at < list.length && !/^(end|else)\b/.test(list[at].action ?? '')) {
      const token = list[at++];
      if (token.text !== undefined) found.push(token);
      else found.push(...action(token.action));
    }
    return found;
  }

  function action(source) {
    const [, word, rest] = source.match(/^(?:(if|with|range|define)\b\s*)?([\s\S]*)$/);
    if (word === undefined) return [{ source, pipeline: pipeline(rest) }];
    const [, named, expression] = rest.match(/^(?:((?:\$\w+\s*,\s*)?\$\w+)\s*:=\s*)?([\s\S]*)$/);
    const body = block();
    let otherwise = [];
    if (list[at]?.action === 'else') {
      at += 1;
      otherwise = block();
    }
    if (list[at]?.action !== 'end') throw new Error(`{{ ${source} }} is not ended`);
    at += 1;
    if (word === 'define') {
      defined.set(JSON.parse(rest), body);
      return [];
    }
    return [{ word, source, pipeline: pipeline(expression), variables: named?.split(/\s*,\s*/) ?? [], body, otherwise }];
  }
}

/** An expression as commands of terms. */
function pipeline(source) {
  const words = source.match(/"(?:\\.|[^"\\])*"|-?\d+(?!\w)|\$?\w*(?:\.\w+)+|\$\w*|\.|\w+|[()|]|\S/g) ?? [];
  let at = 0;
  const found = commands();
  if (at < words.length) throw new Error(`what is ${words[at]} in {{ ${source} }}?`);
  return found;

  function commands() {
    const list = [[]];
    while (at < words.length && words[at] !== ')') {
      if (words[at] === '|') {
        list.push([]);
        at += 1;
      } else {
        list.at(-1).push(term());
      }
    }
    if (list.some((command) => command.length === 0)) throw new Error(`nothing to do in {{ ${source} }}`);
    return list;
  }

  function term() {
    const word = words[at++];
    if (word === '(') {
      const inner = commands();
      if (words[at++] !== ')') throw new Error(`a parenthesis that is not closed in {{ ${source} }}`);
      return { pipeline: inner };
    }
    if (/^"/.test(word)) return { value: JSON.parse(word) };
    if (/^-?\d+$/.test(word)) return { value: Number(word) };
    if (word === 'true' || word === 'false') return { value: word === 'true' };
    if (/^[.$]/.test(word)) {
      const [root, ...fields] = word.split('.');
      return { root: root || '.', fields: fields.filter(Boolean) };
    }
    if (/^[a-zA-Z]\w*$/.test(word)) return { name: word };
    throw new Error(`what is ${word} in {{ ${source} }}?`);
  }
}
