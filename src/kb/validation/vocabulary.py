"""The terms of SHACL core and of its SPARQL constraints, by local name: what the engine applies, and nothing else."""

# ruff: noqa: SIM905 - lists to read

CONSTRAINTS = frozenset(
    """and class closed datatype disjoint equals hasValue in languageIn lessThan lessThanOrEquals maxCount maxExclusive
    maxInclusive maxLength minCount minExclusive minInclusive minLength node nodeKind not or pattern qualifiedMaxCount
    qualifiedMinCount qualifiedValueShape sparql uniqueLang xone""".split()
)
"""What a shape says that a node or a value must be; not ``sh:property``, which only points to other shapes."""

TARGETS = frozenset("targetClass targetNode targetObjectsOf targetSubjectsOf".split())

TERMS = (
    CONSTRAINTS
    | TARGETS
    | frozenset(
        """AbstractResult BlankNode BlankNodeOrIRI BlankNodeOrLiteral ConstraintComponent IRI IRIOrLiteral Info Literal NodeKind
    NodeShape Parameter Parameterizable PrefixDeclaration PropertyGroup PropertyShape ResultAnnotation
    SPARQLAskValidator SPARQLConstraint SPARQLSelectValidator Severity Shape ValidationReport ValidationResult
    Validator Violation Warning alternativePath annotationProperty annotationValue annotationVarName ask conforms
    deactivated declare defaultValue description detail entailment flags focusNode group ignoredProperties inversePath
    labelTemplate message name namespace nodeValidator oneOrMorePath optional order parameter path prefix prefixes
    property propertyValidator qualifiedValueShapesDisjoint result resultAnnotation resultMessage resultPath
    resultSeverity select severity shapesGraph shapesGraphWellFormed sourceConstraint sourceConstraintComponent
    sourceShape validator value zeroOrMorePath zeroOrOnePath""".split()
    )
)
