namespace Credence.Scim;

/// <summary>How two values are compared (RFC 7644 3.4.2.2).</summary>
public enum FilterOp
{
    /// <summary>Equal.</summary>
    Eq,

    /// <summary>Contains.</summary>
    Co,

    /// <summary>Begins with.</summary>
    Sw,

    /// <summary>Ends with.</summary>
    Ew,

    /// <summary>Greater.</summary>
    Gt,

    /// <summary>Greater or equal.</summary>
    Ge,

    /// <summary>Less.</summary>
    Lt,

    /// <summary>Less or equal.</summary>
    Le,
}

/// <summary>A filter, read and checked against a schema; <c>ne</c> is a <see cref="Not"/> around an <c>eq</c>.</summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary>Every attribute of the resource that it looks at.</summary>
    public IEnumerable<AttributePath> Paths() => this switch
    {
        And both => both.Left.Paths().Concat(both.Right.Paths()),
        Or either => either.Left.Paths().Concat(either.Right.Paths()),
        Not not => not.Inner.Paths(),
        Present present => [present.Path],
        Compare compare => [compare.Path],
        Within within => [within.Path],
        _ => [],
    };

    /// <summary>What it means for resources of one kind: an attribute that they do not have is one without a value (RFC 7644 3.4.2.1).</summary>
    public Filter For(ScimKind kind) => this switch
    {
        And both => new And(both.Left.For(kind), both.Right.For(kind)),
        Or either => new Or(either.Left.For(kind), either.Right.For(kind)),
        Not not => new Not(not.Inner.For(kind)),
        _ => Paths().All(path => kind.Attribute(path.Steps[0].Name) is not null) ? this : new Never(),
    };

    /// <summary>Never holds.</summary>
    public sealed record Never : Filter;

    /// <summary>Both hold.</summary>
    public sealed record And(Filter Left, Filter Right) : Filter;

    /// <summary>One of them holds.</summary>
    public sealed record Or(Filter Left, Filter Right) : Filter;

    /// <summary>It does not hold.</summary>
    public sealed record Not(Filter Inner) : Filter;

    /// <summary>The attribute has a value that is not empty.</summary>
    public sealed record Present(AttributePath Path) : Filter;

    /// <summary>One of the attribute's values compares so. The value is a text, a boolean or an instant, as the attribute's type says.</summary>
    public sealed record Compare(AttributePath Path, FilterOp Op, object Value) : Filter;

    /// <summary>One value of a complex attribute matches by itself: <c>emails[type eq "work"]</c>. The paths inside begin at that value.</summary>
    public sealed record Within(AttributePath Path, Filter Inner) : Filter;
}
