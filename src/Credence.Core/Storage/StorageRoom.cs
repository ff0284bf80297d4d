using Microsoft.Extensions.DependencyInjection;

namespace Credence.Storage;

/// <summary>The Storage room's registrations.</summary>
public static class StorageRoom
{
    /// <summary>Adds the database that <paramref name="url"/> names. Nothing is opened until it is first used.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, string url, int poolMax) => services
        .AddSingleton(_ => DatabaseUrl.Engine(url, poolMax))
        .AddSingleton<Db>()
        .AddSingleton<Migrator>();
}
