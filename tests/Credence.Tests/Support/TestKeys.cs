using Credence.Keys;

namespace Credence.Tests.Support;

/// <summary>Keys for tests that are not about keys; made once, because RSA keys take their time.</summary>
public static class TestKeys
{
    /// <summary>A ring with one key of each algorithm.</summary>
    public static KeyRing Ring { get; } =
        new(SigningKey.Generate(KeyAlgorithm.RS256), SigningKey.Generate(KeyAlgorithm.ES256), SigningKey.Generate(KeyAlgorithm.EdDSA));
}
