using Credence.People;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>An identifier that somebody showed to have, as it waits in shared state for what they do with that.</summary>
/// <param name="Person">Whose it was when they were written to.</param>
/// <param name="Scheme">What sort it is.</param>
/// <param name="Value">The identifier, normalised: there is no space in it.</param>
internal sealed record ProvenIdentifier(PersonId Person, IdentifierScheme Scheme, string Value)
{
    /// <summary>As text.</summary>
    public string ToText() => $"{Person} {Words.Of(Scheme)} {Value}";

    /// <summary>Reads the text; null for any other.</summary>
    public static ProvenIdentifier? Read(string text) =>
        text.Split(' ') is [var id, var word, var value] && PersonId.TryParse(id, out var person) && Words.Find<IdentifierScheme>(word) is { } scheme
            ? new ProvenIdentifier(person, scheme, value)
            : null;
}
