package org.nnl.elaborate;

/** The parts of elaboration, which call each other as expressions nest. */
final class Elaboration {
    final Problems problems;
    final Definitions definitions;
    final Elementwise elementwise;
    final Expressions expressions;
    final Indexing indexing;
    final IndexRanges ranges;
    final Folds folds;
    final Calls calls;
    final Equations equations;
    final Declarations declarations;
    final Blocks blocks;
    final Arguments arguments;
    final Requirements requirements;

    /** For how many examples recurrent state is carried from batch to batch; 0 if it is not. */
    int carriedExamples;

    Elaboration(Definitions definitions, Problems problems) {
        this.problems = problems;
        this.definitions = definitions;
        elementwise = new Elementwise(problems);
        expressions = new Expressions(this);
        indexing = new Indexing(this);
        ranges = new IndexRanges(this);
        folds = new Folds(this);
        calls = new Calls(this);
        equations = new Equations(this);
        declarations = new Declarations(this);
        blocks = new Blocks(this);
        arguments = new Arguments(this);
        requirements = new Requirements(this);
    }
}
