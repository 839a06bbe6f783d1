using System.Runtime.CompilerServices;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>Lets sockets of the tests complete on the thread that polls them, as those of the veltrix command do. It is read with the first socket.</summary>
internal static class InlineCompletions
{
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

#pragma warning disable CA2255 // A test project is an executable: there is no other code that runs before the first test.
    [ModuleInitializer]
    internal static void Choose() => Environment.SetEnvironmentVariable(Variable, "1");
#pragma warning restore CA2255
}
