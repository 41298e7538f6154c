// The grammar of NNL, a language of models written as index equations.
//
// Three things are settled before the parser sees the tokens (class org.nnl.syntax.Layout):
//   - Words of the language are names to the lexer. They become the tokens below only where they can be meant so: a
//     word of a definition at the start of a line outside braces, a word of a statement at the start of a statement, a
//     fold before '['. Everywhere else 'loss', 'data' or 'max' are ordinary names. Only if, then, else, and, or, not
//     and for are reserved.
//   - Every definition, statement and entry ends in exactly one NL. A line break is dropped inside ( ) and [ ], after
//     an operator or comma, and before 'then', 'else' and '{'; ';' and a closing brace end a statement as well.
//   - Braces are balanced.
// What is left is LL(1): one token decides everywhere, so every message can say what was expected and where.
grammar NNL;

tokens { IMPORT, DEFINE, DATA, AXIS, DECLARE, OUTPUT, LOSS, METRIC, RETURN, REPEAT, FREEZE, REQUIRE, TRAIN, FOLD, CLASS }

unit       : item* EOF ;
item       : ( importing | definition | data ) NL ;
importing  : IMPORT TEXT ;

// DEFINE is model, layer, function, optimizer or distribution.
definition : DEFINE header ( '=' expression | block ) ;
header     : NAME ( '(' ( parameter ( ',' parameter )* )? ')' )? ( '->' results )? ;
parameter  : NAME sizes? classes? ( '=' expression )? ;
results    : result | '(' result ( ',' result )* ')' ;
result     : NAME sizes? | sizes ;
sizes      : '[' expression ( ',' expression )* ']' ;
classes    : ':' CLASS '(' expression ')' ;

data       : DATA NAME? entries ;
entries    : '{' entry* '}' ;
entry      : NAME ( '=' expression | expression value* )? ( ',' NL? | NL ) ;
value      : NUMBER | TEXT | path call? ;

block      : '{' statement* '}' ;
statement  : ( axis | declaration | output | assignment | loss | metric | returning | repeat | freeze | requirement
             | train ) NL ;

axis        : AXIS sized ( ',' sized )* ;
sized       : NAME '=' expression ;
declaration : DECLARE declared ( ',' declared )* ;                              // input, target, param, state, const
declared    : NAME sizes? classes? ( '~' expression )? ( '=' expression )? ;
output      : OUTPUT left ( ',' left )* ( '=' expression )? ;
assignment  : left ( ',' left )* '=' expression ;
left        : NAME ( '[' indexVariable ( ',' indexVariable )* ']' )? ;
indexVariable : sum ( '<' sum )? ;
loss        : LOSS expression ( ':' expression )? ( FOR path ( ',' path )* )? ; // before ':' a name
metric      : METRIC NAME '=' expression ;
returning   : RETURN expression ;
repeat      : REPEAT expression block ;                                         // a count, or name < count
freeze      : FREEZE path ( ',' path )* ;
requirement : REQUIRE expression ( ',' expression )* ;
train       : TRAIN NAME? entries ;

// Loosest first. A fold stands where a factor stands and takes the whole product to its right, which ExpressionBuilder
// sees to: sum[i] m[i]*x[i] + c is (sum[i] (m[i]*x[i])) + c, and -sum[i] a*b is -(sum[i] (a*b)).
expression  : IF expression THEN expression ELSE expression | disjunction ;
disjunction : conjunction ( OR conjunction )* ;
conjunction : negation ( AND negation )* ;
negation    : NOT negation | comparison ;
comparison  : sum ( ( '==' | '!=' | '<' | '<=' | '>' | '>=' ) sum )? ;          // not associative
sum         : product ( ( '+' | '-' ) product )* ;
product     : factor ( ( '*' | '/' | '@' ) factor )* ;
factor      : ( '-' | fold )* power ;
fold        : FOLD '[' indexVariable ( ',' indexVariable )* ']' ;
power       : postfix ( '^' exponent )? ;                                       // to the right: a^b^c is a^(b^c)
exponent    : '-' exponent | power ;
postfix     : primary ( '[' selector ( ',' selector )* ']' )* ;
selector    : ':' expression? | expression ( ':' expression? )? ;
primary     : NUMBER
            | TEXT
            | path call?
            | '(' argument ( ',' argument )* ')'                                // several: the values of a return; with
                                                                                // names: the arguments of an entry
            | '[' expression ( ',' expression )* ']'
            ;
call        : '(' ( argument ( ',' argument )* )? ')' ;
argument    : expression ( '=' expression | ':' expression )? ;                 // before '=' a name
path        : NAME ( '.' NAME )* ;

IF   : 'if' ;
THEN : 'then' ;
ELSE : 'else' ;
AND  : 'and' ;
OR   : 'or' ;
NOT  : 'not' ;
FOR  : 'for' ;

NAME       : [\p{L}_] [\p{L}\p{Nd}_]* ;
NUMBER     : [0-9]+ ( '.' [0-9]+ )? ( [eE] [+-]? [0-9]+ )? ;
BAD_NUMBER : [0-9] [\p{L}0-9_.]* ;
TEXT       : '"' ( '\\' ~[\r\n] | ~["\\\r\n] )* '"' ;
OPEN_TEXT  : '"' ( '\\' ~[\r\n] | ~["\\\r\n] )* '\\'? ;

LP : '(' ; RP : ')' ; LB : '[' ; RB : ']' ; LC : '{' ; RC : '}' ;
COMMA : ',' ; COLON : ':' ; DOT : '.' ; ASSIGN : '=' ; TILDE : '~' ; ARROW : '->' ;
PLUS : '+' ; MINUS : '-' ; TIMES : '*' ; DIVIDE : '/' ; MATMUL : '@' ; POWER : '^' ;
EQ : '==' ; NE : '!=' ; LT : '<' ; LE : '<=' ; GT : '>' ; GE : '>=' ;

SEMICOLON     : ';' ;
NL            : '\r'? '\n' | '\r' ;
LINE_COMMENT  : '//' ~[\r\n]* -> channel(HIDDEN) ;
BLOCK_COMMENT : '/*' .*? ( '*/' | EOF ) -> channel(HIDDEN) ;
SPACE         : [ \t\f\u000B\uFEFF]+ -> skip ;

// Last: every other character, so that the message about it is ours.
ERR : . ;
