using System.CommandLine;
using Veltrix.Commands.Maps;

var parsed = new RootCommand("Veltrix runs live treasure hunts.") { MapCommand.Create() }.Parse(args);
var code = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : code;
