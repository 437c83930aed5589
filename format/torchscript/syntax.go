package torchscript

import (
	"fmt"
	"strconv"
)

// A file is the parsed code of a file.
type file struct {
	functions map[string]*function
	classes   map[string]*class
}

// A class has methods, and constants by name.
type class struct {
	methods   map[string]*function
	constants map[string]expression
}

// A function has parameters, some with values by default.
type function struct {
	name       string
	parameters []parameter
	body       []statement
}

type parameter struct {
	name    string
	usual   expression // nil: it must be given
	tensor  bool       // it is declared a Tensor
	complex bool       // it is declared a tuple or a list
}

// A statement is one of the types below.
type statement any

type (
	assignment struct {
		targets []expression
		tuple   bool // the value is unpacked
		value   expression
		line    int32
	}
	conditional struct {
		condition expression
		yes, no   []statement
		line      int32
	}
	loop struct {
		variable string
		count    expression // of range
		body     []statement
		line     int32
	}
	returned struct {
		value expression // nil: None
		line  int32
	}
	evaluated struct {
		value expression
		line  int32
	}
)

// An expression is one of the types below.
type expression any

type (
	literal   struct{ value any }
	reference struct{ name string }
	attribute struct {
		of   expression
		name string
	}
	invocation struct {
		function  expression
		arguments []expression
		named     []namedArgument
	}
	namedArgument struct {
		name  string
		value expression
	}
	subscript struct{ of, index expression }
	sequence  struct{ items []expression } // a list or a tuple
)

// maxNesting bounds how deep blocks and expressions nest.
const maxNesting = 200

// maxTokens bounds the code that is read, whose tokens take much more memory than it.
const maxTokens = 1 << 16

// parse parses a file of at most so many tokens, and returns how many it has.
func parse(code string, most int) (f *file, count int, err error) {
	tokens, err := scan(code, most)
	if err != nil {
		return nil, 0, err
	}
	p := &parser{tokens: tokens}
	f = &file{functions: map[string]*function{}, classes: map[string]*class{}}
	for p.peek().kind != tokenEnd {
		switch {
		case p.word("class"):
			err = p.class(f)
		case p.word("def"):
			var fn *function
			if fn, err = p.function(); err == nil {
				f.functions[fn.name] = fn
			}
		default:
			err = p.unexpected("a class or a function")
		}
		if err != nil {
			return nil, 0, fmt.Errorf("line %d: %w", p.peek().line, err)
		}
	}
	return f, len(tokens), nil
}

type parser struct {
	tokens []token
	at     int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// word takes a name or a mark that is expected, and reports whether it was there.
func (p *parser) word(text string) bool {
	t := p.peek()
	if (t.kind == tokenName || t.kind == tokenMark) && t.text == text {
		p.at++
		return true
	}
	return false
}

func (p *parser) kind(k tokenKind) bool {
	if p.peek().kind == k {
		p.take()
		return true
	}
	return false
}

func (p *parser) unexpected(want string) error {
	return fmt.Errorf("%.40q, want %s", p.peek().text, want)
}

func (p *parser) expect(text string) error {
	if !p.word(text) {
		return p.unexpected(strconv.Quote(text))
	}
	return nil
}

func (p *parser) name() (string, error) {
	if t := p.peek(); t.kind == tokenName {
		p.at++
		return t.text, nil
	}
	return "", p.unexpected("a name")
}

// deeper counts a level of nesting.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxNesting {
		return fmt.Errorf("code that nests more than %d deep", maxNesting)
	}
	return nil
}

// class parses a class, whose body has annotations, constants and methods.
func (p *parser) class(f *file) error {
	name, err := p.name()
	if err != nil {
		return err
	}
	c := &class{methods: map[string]*function{}, constants: map[string]expression{}}
	f.classes[name] = c
	if p.word("(") {
		if _, err := p.list(")"); err != nil {
			return err
		}
	}
	if err := p.expect(":"); err != nil {
		return err
	}
	if !p.kind(tokenLine) || !p.kind(tokenIndent) {
		return p.unexpected("a block")
	}
	for !p.kind(tokenDedent) {
		if p.word("def") {
			fn, err := p.function()
			if err != nil {
				return err
			}
			c.methods[fn.name] = fn
			continue
		}
		if err := p.member(c); err != nil {
			return err
		}
	}
	return nil
}

// member parses a line of a class: "name : type", "name : Final[type] = value", or an
// assignment to what describes the class.
func (p *parser) member(c *class) error {
	if p.word("pass") {
		return p.end()
	}
	target, err := p.expression()
	if err != nil {
		return err
	}
	if p.word(":") {
		if _, err := p.expression(); err != nil {
			return err
		}
	}
	if p.word("=") {
		value, err := p.expression()
		if err != nil {
			return err
		}
		if r, ok := target.(*reference); ok {
			c.constants[r.name] = value
		}
	}
	return p.end()
}

func (p *parser) end() error {
	if !p.kind(tokenLine) {
		return p.unexpected("the end of the line")
	}
	return nil
}

// function parses a function from its name on.
func (p *parser) function() (*function, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	f := &function{name: name}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for !p.word(")") {
		a, err := p.parameter()
		if err != nil {
			return nil, err
		}
		f.parameters = append(f.parameters, a)
		if !p.word(",") && p.peek().text != ")" {
			return nil, p.unexpected(`"," or ")"`)
		}
	}
	if p.word("->") {
		if _, err := p.expression(); err != nil {
			return nil, err
		}
	}
	f.body, err = p.block()
	return f, err
}

func (p *parser) parameter() (a parameter, err error) {
	if a.name, err = p.name(); err != nil {
		return a, err
	}
	if p.word(":") {
		kind, err := p.expression()
		if err != nil {
			return a, err
		}
		r, ok := kind.(*reference)
		a.tensor = ok && r.name == "Tensor"
		_, a.complex = kind.(*subscript)
	}
	if p.word("=") {
		a.usual, err = p.expression()
	}
	return a, err
}

// block parses the statements after a colon.
func (p *parser) block() ([]statement, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	if !p.kind(tokenLine) || !p.kind(tokenIndent) {
		return nil, p.unexpected("a block")
	}
	var body []statement
	for !p.kind(tokenDedent) {
		s, err := p.statement()
		if err != nil {
			return nil, err
		}
		if s != nil {
			body = append(body, s)
		}
	}
	return body, nil
}

// statement parses a statement; nil for one that does nothing.
func (p *parser) statement() (statement, error) {
	line := p.peek().line
	switch {
	case p.word("pass"):
		return nil, p.end()
	case p.word("return"):
		if p.kind(tokenLine) {
			return &returned{nil, line}, nil
		}
		v, err := p.expressions()
		if err != nil {
			return nil, err
		}
		return &returned{v, line}, p.end()
	case p.word("if"):
		return p.conditional(line)
	case p.word("for"):
		return p.loop(line)
	case p.word("assert"):
		v, err := p.expressions()
		if err != nil {
			return nil, err
		}
		return &evaluated{v, line}, p.end()
	case p.peek().text == "while" || p.peek().text == "with" || p.peek().text == "def":
		return nil, fmt.Errorf("a %q statement, which is not read", p.peek().text)
	}
	return p.assignment(line)
}

func (p *parser) conditional(line int32) (statement, error) {
	condition, err := p.expression()
	if err != nil {
		return nil, err
	}
	s := &conditional{condition: condition, line: line}
	if s.yes, err = p.block(); err != nil {
		return nil, err
	}
	if p.word("else") {
		s.no, err = p.block()
	}
	return s, err
}

// loop parses "for i in range(n):".
func (p *parser) loop(line int32) (statement, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	if err := p.expect("in"); err != nil {
		return nil, err
	}
	if !p.word("range") {
		return nil, fmt.Errorf("a loop over %.40q, want a loop over a range", p.peek().text)
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	count, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	body, err := p.block()
	return &loop{name, count, body, line}, err
}

// assignment parses "a = value", "a, b, = value", "a : type = value" and a value alone.
func (p *parser) assignment(line int32) (statement, error) {
	first, err := p.expression()
	if err != nil {
		return nil, err
	}
	s := &assignment{targets: []expression{first}, line: line}
	for p.word(",") {
		s.tuple = true
		if p.peek().text == "=" {
			break
		}
		t, err := p.expression()
		if err != nil {
			return nil, err
		}
		s.targets = append(s.targets, t)
	}
	if !s.tuple && p.word(":") {
		if _, err := p.expression(); err != nil {
			return nil, err
		}
	}
	if !p.word("=") {
		if s.tuple {
			return nil, p.unexpected(`"="`)
		}
		return &evaluated{first, line}, p.end()
	}
	if s.value, err = p.expressions(); err != nil {
		return nil, err
	}
	return s, p.end()
}

// expressions parses an expression, or several with commas, which are a tuple.
func (p *parser) expressions() (expression, error) {
	first, err := p.expression()
	if err != nil || p.peek().text != "," {
		return first, err
	}
	t := &sequence{[]expression{first}}
	for p.word(",") {
		if p.peek().kind == tokenLine {
			break
		}
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		t.items = append(t.items, e)
	}
	return t, nil
}

// expression parses a value and the attributes, calls and subscripts after it.
func (p *parser) expression() (expression, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	e, err := p.primary()
	if err != nil {
		return nil, err
	}
	for chain := 0; ; chain++ {
		switch {
		case p.peek().kind != tokenMark:
			return e, nil
		case chain > maxNesting:
			return nil, fmt.Errorf("a chain of more than %d attributes and calls", maxNesting)
		case p.word("."):
			name := p.take()
			if name.kind != tokenName {
				return nil, fmt.Errorf("%.40q, want the name of an attribute", name.text)
			}
			e = &attribute{e, name.text}
		case p.word("("):
			if e, err = p.call(e); err != nil {
				return nil, err
			}
		case p.word("["):
			items, err := p.list("]")
			if err != nil {
				return nil, err
			}
			if len(items) == 1 {
				e = &subscript{e, items[0]}
			} else {
				e = &subscript{e, &sequence{items}}
			}
		default:
			return e, nil
		}
	}
}

// call parses the arguments of a call.
func (p *parser) call(f expression) (expression, error) {
	c := &invocation{function: f}
	for !p.word(")") {
		if t := p.peek(); t.kind == tokenName && p.tokens[p.at+1].text == "=" && p.tokens[p.at+1].kind == tokenMark {
			p.at += 2
			v, err := p.expression()
			if err != nil {
				return nil, err
			}
			c.named = append(c.named, namedArgument{t.text, v})
		} else {
			v, err := p.expression()
			if err != nil {
				return nil, err
			}
			c.arguments = append(c.arguments, v)
		}
		if !p.word(",") && p.peek().text != ")" {
			return nil, p.unexpected(`"," or ")"`)
		}
	}
	return c, nil
}

// list parses expressions up to a closing bracket.
func (p *parser) list(closing string) (items []expression, err error) {
	for !p.word(closing) {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		items = append(items, e)
		if !p.word(",") && p.peek().text != closing {
			return nil, p.unexpected(`"," or ` + strconv.Quote(closing))
		}
	}
	return items, nil
}

// primary parses a name, a literal, a list or a tuple.
func (p *parser) primary() (expression, error) {
	switch t := p.peek(); {
	case t.kind == tokenName:
		p.at++
		switch t.text {
		case "True", "False":
			return &literal{t.text == "True"}, nil
		case "None":
			return &literal{nil}, nil
		}
		return &reference{t.text}, nil
	case t.kind == tokenString:
		p.at++
		return &literal{t.text}, nil
	case t.kind == tokenNumber:
		p.at++
		return number(t.text, 1)
	case p.word("-"):
		if t := p.take(); t.kind == tokenNumber {
			return number(t.text, -1)
		}
		return nil, fmt.Errorf("a minus before %.40q, want a number", p.peek().text)
	case p.word("["):
		items, err := p.list("]")
		return &sequence{items}, err
	case p.word("("):
		return p.tuple()
	}
	return nil, p.unexpected("an expression")
}

// tuple parses a tuple, or an expression in parentheses.
func (p *parser) tuple() (expression, error) {
	t := &sequence{}
	for !p.word(")") {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		if p.word(")") {
			if len(t.items) == 0 {
				return e, nil
			}
			t.items = append(t.items, e)
			return t, nil
		}
		t.items = append(t.items, e)
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// number reads an integer or a float.
func number(text string, sign int64) (expression, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &literal{sign * n}, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("the number %.40q", text)
	}
	return &literal{float64(sign) * x}, nil
}
