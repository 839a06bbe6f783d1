using System.CommandLine;
using Veltrix.Commands.Maps;

return new RootCommand("Veltrix runs live treasure hunts.") { MapCommand.Create() }.Parse(args).Invoke();
