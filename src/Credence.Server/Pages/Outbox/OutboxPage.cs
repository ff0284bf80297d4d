using Credence.Messages;

namespace Credence.Server.Pages.Outbox;

/// <summary><c>/dev/outbox</c>: in development, the messages that nobody is there to send. Elsewhere there is no such route.</summary>
internal static class OutboxPage
{
    /// <summary>Maps it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods(
        "/dev/outbox", [HttpMethods.Get, HttpMethods.Head], IResult (DevelopmentOutbox outbox) => new Page<OutboxList>(StatusCodes.Status200OK, outbox.Newest()))
        .WithMetadata(PageKind.Outbox);
}
