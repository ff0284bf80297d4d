using System.Text.Json;

namespace Credence.Configurations;

/// <summary>What may be set in one group; the room that reads the group says so.</summary>
public abstract class ConfigurationGroup(string name)
{
    /// <summary>Its name: <c>MAIL</c>.</summary>
    public string Name => name;

    /// <summary>What holds where nobody set anything, as JSON by code.</summary>
    public abstract IReadOnlyDictionary<string, string> Defaults { get; }

    /// <summary>Whether there can be a setting under this code.</summary>
    public abstract bool Has(string code);

    /// <summary>Why a value cannot be taken; null when it can.</summary>
    public abstract ValueProblem? Check(string code, JsonElement value);

    /// <summary>
    /// Everything of a value that decides where a credential goes and how it travels: a kept credential never follows to another place (standards 23).
    /// Null where the code has no credential.
    /// </summary>
    public virtual string? CredentialGoesTo(string code, JsonElement value) => null;
}
