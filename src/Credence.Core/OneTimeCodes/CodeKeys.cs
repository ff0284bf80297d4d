using Credence.Telemetry;

namespace Credence.OneTimeCodes;

/// <summary>The keys of an identifier in shared state. Operators type them by hand, so the identifier is in them as it is normalised (contract identity A 39, B.1, C.8).</summary>
internal readonly record struct CodeKeys(CodeNamespace Namespace, string Identifier)
{
    /// <summary>The code that waits.</summary>
    public string Code => Named("otp");

    /// <summary>Too many wrong codes were sent; deleting this one key opens the identifier again.</summary>
    public string Lock => Named("lock");

    /// <summary>A code was asked for just now.</summary>
    public string Cooldown => Named("cooldown");

    /// <summary>How many codes were asked for in a day.</summary>
    public string Daily => Named("daily");

    private string Named(string what) => $"{Namespace.Word()}:{what}:{Identifier}";
}
