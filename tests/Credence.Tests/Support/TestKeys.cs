using Credence.Keys;

namespace Credence.Tests.Support;

/// <summary>Keys for tests that are not about keys; made once, because RSA keys take their time.</summary>
public static class TestKeys
{
    /// <summary>What secrets are encrypted under in tests.</summary>
    public static string DataKey { get; } = System.Security.Cryptography.RandomNumberGenerator.GetHexString(64);

    /// <summary>A ring with one key of each algorithm.</summary>
    public static KeyRing Ring { get; } =
        new(SigningKey.Generate(KeyAlgorithm.RS256), SigningKey.Generate(KeyAlgorithm.ES256), SigningKey.Generate(KeyAlgorithm.EdDSA));
}
