using System.Security.Cryptography;
using Credence.Server.Hosting.Settings;

namespace Credence.Tests.Hosting;

/// <summary>Environments for tests of the settings.</summary>
internal static class Environments
{
    /// <summary>A password nobody may ever see.</summary>
    public const string Password = "Hunter2Hunter2";

    /// <summary>An RSA key as PEM, made once.</summary>
    public static string RsaPem { get; } = NewRsaPem(2048);

    /// <summary>Its public half.</summary>
    public static string RsaPublicPem { get; } = PublicOf(RsaPem);

    /// <summary>What production needs, and nothing more.</summary>
    public static Dictionary<string, string> Production() => new(StringComparer.Ordinal)
    {
        ["DATABASE_URL"] = $"postgresql://credence:{Password}@db.example.test:5432/credence?sslmode=require",
        ["REDIS_URL"] = $"redis://:{Password}@redis.example.test:6379",
        ["RSA_PRIVATE_KEY"] = RsaPem,
    };

    /// <summary><see cref="Production"/> with one variable set, or removed when <paramref name="value"/> is null.</summary>
    public static SettingValues With(string name, string? value) => With((name, value));

    /// <summary><see cref="Production"/> with some variables set or removed.</summary>
    public static SettingValues With(params (string Name, string? Value)[] changes)
    {
        var environment = Production();
        foreach (var (name, value) in changes)
        {
            if (value is null) environment.Remove(name);
            else environment[name] = value;
        }

        return SettingValues.Read(environment);
    }

    /// <summary>The lines that the start would print.</summary>
    public static IReadOnlyList<string> Lines(SettingValues values) => [.. SettingRules.Problems(values).Select(SettingRules.Line)];

    /// <summary>A new RSA private key as PEM.</summary>
    public static string NewRsaPem(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    private static string PublicOf(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa.ExportSubjectPublicKeyInfoPem();
    }
}
