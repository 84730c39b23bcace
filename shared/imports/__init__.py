"""Files in 导入: a file of rows, tried or taken row by row by the commands that requests use, as a job.

`kinds` is what a house says of a kind of file; `packing` makes parts of a file; `starting` stores them with their job;
`taking` does the job; `showing` is what came of the rows; `api` is the door.
"""
