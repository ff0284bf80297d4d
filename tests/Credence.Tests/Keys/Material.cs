using System.Security.Cryptography;
using Credence.Keys;

namespace Credence.Tests.Keys;

/// <summary>Keys for tests, made on the spot.</summary>
internal static class Material
{
    public static string RsaPem(int bits = 2048)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    public static string EcPem(ECCurve? curve = null)
    {
        using var ec = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256);
        return ec.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>RFC 8410 7: a PKCS#8 envelope of fixed bytes before the seed.</summary>
    public static string Ed25519Pem(byte[]? seed = null) =>
        PemEncoding.WriteString("PRIVATE KEY", [.. Convert.FromHexString("302e020100300506032b657004220420"), .. seed ?? RandomNumberGenerator.GetBytes(32)]);

    public static string DataKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static KeyOptions Stored() => new() { DataEncryptionKey = DataKey() };

    public static KeyOptions Given() => new() { RsaPrivateKey = RsaPem() };
}

/// <summary>A folder that is gone when the test is over.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("credence-").FullName;

    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
