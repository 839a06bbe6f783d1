using System.CommandLine;
using Veltrix.Commands;
using Veltrix.Commands.Chaos;
using Veltrix.Commands.Cluster;
using Veltrix.Commands.Maps;
using Veltrix.Commands.Migrate;
using Veltrix.Commands.Swarm;
using Veltrix.Commands.Up;
using Veltrix.Commands.Verify;

ParentProcess.Follow();

var root = new RootCommand("Veltrix runs live treasure hunts on a tile map.")
{
    UpCommand.Create(),
    SiloCommand.Create(),
    GatewayCommand.Create(),
    SwarmCommand.Create(),
    ChaosCommand.Create(),
    VerifyCommand.Create(),
    MigrateCommand.Create(),
    MapCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync(error.Message);
    }

    await Console.Error.WriteLineAsync("Run 'veltrix --help' or 'veltrix COMMAND --help' to see what there is.");
    return ExitCodes.BadUsage;
}

// A server that is asked to end hands its sockets back, commits what is under way and leaves the cluster. Its own setting ShutdownTime, of five minutes at most, says
// how long that may take; this here only ends one that does not keep to it.
var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(6) };
return await parsed.InvokeAsync(configuration);
