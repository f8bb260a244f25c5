/** Values of GitHub's expressions. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

export interface Scope {
  /** `github`, `matrix`, `env` and the like. What is not there is null, as on GitHub. */
  contexts: Readonly<Record<string, Value>>;
  /** `always()` and the like. */
  functions: Readonly<Record<string, (...given: Value[]) => Value>>;
}

const TOKEN = /\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|(==|!=|&&|\|\||[!()[\].,<>]=?)|([A-Za-z_][\w-]*))/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new Error(`\`${text}\` is not understood from \`${text.slice(at)}\` on`);
    tokens.push(found[1] ?? found[2] ?? found[3] ?? found[4] ?? "");
  }
  return tokens;
}

const isTrue = (value: Value): boolean => value !== null && value !== false && value !== 0 && value !== "";

const number = (value: Value): number =>
  value === null ? 0 : typeof value === "object" ? Number.NaN : Number(value);

/** GitHub compares texts without regard to case, and values of different kinds as numbers. */
function isEqual(a: Value, b: Value): boolean {
  if (typeof a === "string" && typeof b === "string") return a.toLowerCase() === b.toLowerCase();
  return typeof a === typeof b ? a === b : number(a) === number(b);
}

/** A recursive descent over `||`, `&&`, comparisons, `!`, and what may follow a name. */
class Parser {
  private readonly tokens: string[];
  private readonly scope: Scope;
  private at = 0;

  constructor(text: string, scope: Scope) {
    this.tokens = tokensOf(text);
    this.scope = scope;
  }

  all(): Value {
    const value = this.or();
    if (this.at < this.tokens.length) throw new Error(`\`${this.tokens[this.at]}\` was not expected`);
    return value;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token))
      throw new Error(`\`${token}\` was expected, not \`${this.tokens[this.at] ?? "the end"}\``);
  }

  // Both sides are read in any case, since both have to be taken from the tokens; nothing has an effect.
  private or(): Value {
    let value = this.and();
    while (this.take("||")) {
      const other = this.and();
      value = isTrue(value) ? value : other;
    }
    return value;
  }

  private and(): Value {
    let value = this.comparison();
    while (this.take("&&")) {
      const other = this.comparison();
      value = isTrue(value) ? other : value;
    }
    return value;
  }

  private comparison(): Value {
    const value = this.not();
    if (this.take("==")) return isEqual(value, this.not());
    if (this.take("!=")) return !isEqual(value, this.not());
    return value;
  }

  private not(): Value {
    return this.take("!") ? !isTrue(this.not()) : this.member();
  }

  private member(): Value {
    let value = this.primary();
    for (;;) {
      if (this.take(".")) value = memberOf(value, this.name());
      else if (this.take("[")) {
        value = memberOf(value, String(this.or()));
        this.expect("]");
      } else return value;
    }
  }

  private name(): string {
    const token = this.tokens[this.at++] ?? "";
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`a name was expected, not \`${token || "the end"}\``);
    return token;
  }

  private primary(): Value {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new Error("the expression ends too early");
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d/.test(token)) return Number(token);
    if (token === "(") {
      const value = this.or();
      this.expect(")");
      return value;
    }
    if (token === "true" || token === "false") return token === "true";
    if (token === "null") return null;
    if (!/^\w/.test(token)) throw new Error(`\`${token}\` was not expected`);
    if (this.tokens[this.at] !== "(") return this.scope.contexts[token] ?? null;
    return this.call(token);
  }

  private call(name: string): Value {
    const called = this.scope.functions[name];
    if (!called) throw new Error(`the function ${name} is not known here`);
    const given: Value[] = [];
    this.expect("(");
    while (!this.take(")")) {
      given.push(this.or());
      this.take(",");
    }
    return called(...given);
  }
}

const memberOf = (value: Value, name: string): Value =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? ((value as Record<string, Value>)[name] ?? null)
    : null;

/** @throws Error for what is not an expression, or one that asks for what is not known here. */
export const evaluate = (text: string, scope: Scope): Value => new Parser(text, scope).all();

/** Whether a step's or a job's `if` holds; with or without `${{ }}`. */
export const holds = (condition: string, scope: Scope): boolean =>
  isTrue(evaluate(condition.trim().replace(/^\$\{\{([\s\S]*)\}\}$/, "$1"), scope));

const text = (value: Value): string => {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};

/** Puts the value of each `${{ }}` in its place. */
export const filled = (template: string, scope: Scope): string =>
  template.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression: string) => text(evaluate(expression, scope)));
