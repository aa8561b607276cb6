"""Checks that what our headers promise is promised in words: every public declaration has a `///` comment.

Looked at: definitions of types, free functions, aliases and constants at namespace level, and the public
members of types. A declaration is documented by a `///` line directly above it, by `///<` on one of its
lines, or by standing directly below a documented one without an empty line between (one comment for a group;
that of a `struct` is also for the members that it begins with). Not looked at: macros, forward declarations,
specialisations (`template <>`), members defined outside their class, and `detail`; of members what says
nothing of its own: constructors, destructors, operators, friends, what is deleted, defaulted or overridden.
It is a heuristic: it counts braces, without comments and literals, and does not parse C++.
"""
import re
import sys

import tree

FOLDERS = ("daemon/", "detectors/", "responders/", "config/")
LABELS = ("public:", "protected:", "private:")
NOISE = re.compile(r'"(?:\\.|[^"\\])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\])*\'|//.*|/\*.*?\*/')
NAMESPACE = re.compile(r'(?:inline )?namespace\b|extern "')
TYPE = re.compile(r"(?:class|struct|union|enum)\b")
TEMPLATE = re.compile(r"(template <.*?> (?=[\w:]+[ <&*]))+")
EXEMPT = re.compile(
    r"(template ?<> ?|extern template|static_assert|using namespace|template class)"
    r"|(enum )?(class|struct|union|enum)( \[\[\w+\]\])? [\w:]+( : [\w:]+)?;"  # forward declaration
    r"|[^(={]*\w(<.*>)?::~?(\w+|operator.{1,3}) ?\(")  # a member, defined outside its class
OF_ITSELF = re.compile(  # members that need no comment
    r"friend |using [\w:]*::\w+;|.*(= (delete|default);|\boverride\b|\boperator\b)"
    r"|(explicit |constexpr |inline )*~?([A-Z]\w*)\(")


def code_lines(content):
    """(line number, code without comments, literals and preprocessor lines)."""
    continued = False
    for number, line in enumerate(content.split("\n"), 1):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        yield number, "" if directive else NOISE.sub(lambda m: '""' if m[0][0] in "\"'" else "", line)


def is_complete(head):
    """Whether a body that just closed ends the declaration: a function's does, a type's does not."""
    head = re.sub(r"\boperator\W+", "operator(", TEMPLATE.sub("", head))
    if head.count("operator(") == 0 and head.count("(") != head.count(")"):
        return False  # a default argument: `Options options = {}`
    return "(" in head and not TYPE.match(head) and not re.match(r"[^(]*=", head)


def declarations(codes):
    """(first line, last line, text with bodies as {}) of what stands at namespace level, or in a type."""
    nesting, first, head, hidden = [], None, "", 0
    for number, code in codes:
        for char in code + " ":
            inside = "body" in nesting
            if inside or (char.isspace() and first is None):
                nesting += ["body"] * (char == "{")
                if char == "}" and nesting.pop() and "body" not in nesting:
                    head += "}"
                    if is_complete(head):
                        yield first, number, head
                        first, head = None, ""
            elif char == "}":  # the end of a namespace
                hidden -= bool(nesting) and nesting.pop() == "detail"
            elif char == "{" and NAMESPACE.match(head):
                nesting.append("detail" if re.search(r"\bdetail\b", head) else "namespace")
                hidden += nesting[-1] == "detail"
                first, head = None, ""
            else:
                first = first or number
                head = re.sub(r"\s+", " ", head + char)
                nesting += ["body"] * (char == "{")
                if char == ";" or head in LABELS:
                    if not hidden and head != ";":
                        yield first, number, head
                    first, head = None, ""


def body(codes, first, last):
    """The lines of code between the braces of the type that stands on these lines."""
    inside = [code for number, code in codes if first <= number <= last]
    opening = next(at for at, code in enumerate(inside) if "{" in code)
    inside[-1] = inside[-1][:inside[-1].rindex("}")]
    inside[opening] = inside[opening][inside[opening].index("{") + 1:]
    return list(enumerate(inside[opening:], first + opening))


def undocumented(lines, codes, kind="", group_end=0):
    """(line, start of the declaration) of each public one among `codes` that has no comment.

    `kind` is that of the type whose body they are; `group_end` is the last line of the documented
    declaration before.
    """
    is_public = kind != "class"
    for first, last, head in declarations(codes):
        if head in LABELS:
            is_public = head == "public:"
        if head in LABELS or not is_public:
            continue
        above = lines[first - 2].lstrip() if first > 1 else ""
        inner = TYPE.match(TEMPLATE.sub("", head))
        own = (first, last) if inner else range(first, last + 1)  # between them a type has its members
        documented = (above.startswith("///") or first <= group_end + 1
                      or any("///<" in lines[number - 1] for number in own))
        if not documented and not EXEMPT.match(head) and not (kind and OF_ITSELF.match(head)):
            yield first, re.split(r"[{;]", head)[0].strip()
        if documented:
            group_end = last
        if inner and inner[0] != "enum" and "{" in head:
            inside = body(codes, first, last)
            yield from undocumented(lines, inside, inner[0], inside[0][0] if inner[0] == "struct" else 0)


def check(content):
    """(line, start of the declaration) of each that has no comment."""
    return undocumented(content.split("\n"), list(code_lines(content)))


def main():
    root = tree.root_folder()
    paths = [path for path in tree.files(root, tree.HEADERS) if path.startswith(FOLDERS)]
    violations = [f"{path}:{line}: no /// comment above: {head}" for path in paths
                  for line, head in check(tree.text(root, path))]
    return tree.report("documented", len(paths), violations)


if __name__ == "__main__":
    sys.exit(main())
